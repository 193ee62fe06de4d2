/// Ready-made trainable circuits.
public enum Ansatz {}
