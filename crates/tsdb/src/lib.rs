//! evenkeel-tsdb
