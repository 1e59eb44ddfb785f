package io.walrus.node.peer;

/// What became of records that a leader has sent to a follower.
///
/// @param records how many records of the segment are durable at the follower
public record CopyOutcome(Kind kind, long records) {
    /// Why they were taken or not.
    public enum Kind {
        TAKEN(1),
        /// The follower's copy ends elsewhere.
        OTHER_LENGTH(2),
        /// The follower has not heard of the segment yet. It will say so when it has.
        EARLY(3),
        /// The segment is not open any more, or not led by the sender, or not stored by the follower.
        NOT_FOLLOWED(4),
        /// Nothing is taken for the segment any more: somebody is sealing it.
        FENCED(5),
        /// The follower can't store it: its log has failed, or what was sent makes no sense to it.
        FAILED(6),
        /// The follower's disk is full.
        FULL(7),
        /// A record is larger than the follower's log takes: it will never have it.
        TOO_LARGE(8);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /// What stands for it in messages.
        byte code() {
            return (byte) code;
        }

        static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("unknown outcome " + code);
        }
    }
}
