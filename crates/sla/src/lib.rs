//! evenkeel-sla
