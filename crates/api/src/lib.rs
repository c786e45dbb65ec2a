//! evenkeel-api
