package io.walrus.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The command of a request: the first word of its frame, in any mix of cases.
public enum Verb {
    REGISTER,
    PUT,
    GET,
    STATE,
    METRICS,
    FETCH,
    SKIP,
    SEAL,
    CLUSTER,
    DRAIN,
    RESUME,
    REMOVE,
    HELP;

    private static final Verb[] ALL = values();
    private static final int LOWER_CASE_BIT = 0x20;

    /// Whether a topic follows the word.
    public boolean takesTopic() {
        return switch (this) {
            case REGISTER, PUT, GET, STATE, FETCH, SKIP, SEAL -> true;
            case METRICS, CLUSTER, DRAIN, RESUME, REMOVE, HELP -> false;
        };
    }

    /// Whether `force` may stand behind all else.
    boolean takesForce() {
        return this == DRAIN || this == SEAL;
    }

    /// Whether `dry-run` may stand behind all else.
    boolean takesDryRun() {
        return this == SKIP || this == SEAL;
    }

    /// The verb whose word is `buffer[from, to)`, or null.
    static @Nullable Verb of(ByteBuffer buffer, int from, int to) {
        for (Verb verb : ALL) {
            if (verb.matches(buffer, from, to)) {
                return verb;
            }
        }
        return null;
    }

    private boolean matches(ByteBuffer buffer, int from, int to) {
        String word = name();
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            int read = buffer.get(from + i);
            boolean same = read == word.charAt(i) || read == (word.charAt(i) | LOWER_CASE_BIT);
            if (!same) {
                return false;
            }
        }
        return true;
    }
}
