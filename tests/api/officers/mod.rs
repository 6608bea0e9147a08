//! What is kept about people, and who sees it.

mod certificates;
mod personal_data;
mod roll;
mod trainings;
