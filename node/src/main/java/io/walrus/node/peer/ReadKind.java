package io.walrus.node.peer;

/// Views of a segment that a node can ask another one for.
public enum ReadKind {
    /// Committed entries, numbered by their offset.
    ENTRIES(0),
    /// Durable records of every kind, numbered by their sequence.
    RECORDS(1);

    private final int code;

    ReadKind(int code) {
        this.code = code;
    }

    /// The byte that stands for it between nodes.
    byte code() {
        return (byte) code;
    }

    /// @throws IllegalArgumentException if the byte stands for none
    static ReadKind of(int code) {
        for (ReadKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalArgumentException("unknown kind of read " + code);
    }
}
