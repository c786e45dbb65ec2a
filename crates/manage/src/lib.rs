//! evenkeel-manage
