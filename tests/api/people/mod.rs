//! Who comes in, as what, how far, and what is kept about people.

mod accounts;
mod attacks;
mod certificates;
mod delegations;
mod identity;
mod keys;
mod partners;
mod personal_data;
mod roll;
mod single_sign_on;
mod timing;
mod trainings;
