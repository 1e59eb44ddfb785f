package io.walrus.node.peer;

/// Views of a segment that a node can ask another one for.
public enum ReadKind {
    /// Committed entries, numbered by their offset.
    ENTRIES,
    /// Durable records of every kind, numbered by their sequence.
    RECORDS;

    private static final ReadKind[] ALL = values();

    /// The byte that stands for it between nodes.
    byte code() {
        return (byte) ordinal();
    }

    /// @throws IllegalArgumentException if the byte stands for none
    static ReadKind of(byte code) {
        if (code < 0 || code >= ALL.length) {
            throw new IllegalArgumentException("unknown kind of read " + code);
        }
        return ALL[code];
    }
}
