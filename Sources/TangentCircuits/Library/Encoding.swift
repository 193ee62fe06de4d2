/// Ways to bring classical data into a circuit or a state.
public enum Encoding {}
