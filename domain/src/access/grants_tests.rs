//! The table of grants, whole.

use super::*;

#[test]
fn the_table_of_grants() {
    let mut lines = Vec::new();
    for permission in Permission::ALL {
        let cells = Role::ALL
            .iter()
            .filter_map(|role| reach(*role, *permission).map(|reach| format!("{}={reach:?}", role.code())));
        lines.push(format!("{:24} {}", permission.code(), cells.collect::<Vec<_>>().join(" ")));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn system_security_and_audit_duties_never_meet() {
    let duties: [&[Permission]; 3] = [
        &[Permission::DepartmentsWrite, Permission::UsersWrite],
        &[Permission::UsersAuthorize, Permission::ClientsWrite, Permission::DelegationsRevoke],
        &[Permission::AuditRead],
    ];
    for role in Role::ALL {
        let held = duties.iter().filter(|duty| duty.iter().any(|permission| reach(*role, *permission).is_some()));
        assert!(held.count() <= 1, "{role:?}");
    }
}

/// A permission that was forgotten in the table would be nobody's.
#[test]
fn every_permission_is_somebodys() {
    for permission in Permission::ALL {
        assert!(Role::ALL.iter().any(|role| reach(*role, *permission).is_some()), "{}", permission.code());
    }
}
