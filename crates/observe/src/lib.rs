//! evenkeel-observe
