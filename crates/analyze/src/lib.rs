//! evenkeel-analyze
