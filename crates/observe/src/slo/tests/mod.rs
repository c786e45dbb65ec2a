mod checking;
mod flow;
