package io.walrus.node.peer;

import io.walrus.storage.engine.EngineStatus;

/// What a node's log is good for, as the node tells others.
public enum LogHealth {
    OK(1),
    /// Takes no entries until there is room on the disk again, but all else.
    FULL(2),
    /// Takes nothing, and vouches for nothing: a write or a force has failed. The node is about to end.
    FAILED(3),
    /// Takes part in nothing for now: a write hangs, or what is appended is not confirmed by followers that are alive.
    STALLED(4);

    private final int code;

    LogHealth(int code) {
        this.code = code;
    }

    /// That of a log in this state.
    public static LogHealth of(EngineStatus.State state) {
        return switch (state) {
            case OK -> OK;
            case DISK_FULL -> FULL;
            case READ_ONLY, CLOSED -> FAILED;
        };
    }

    /// Whether the node can lead segments, and count as a copy of new ones.
    public boolean isFit() {
        return this == OK || this == FULL;
    }

    /// What stands for it in messages.
    byte code() {
        return (byte) code;
    }

    static LogHealth of(int code) {
        for (LogHealth health : values()) {
            if (health.code == code) {
                return health;
            }
        }
        throw new IllegalArgumentException("unknown health " + code);
    }
}
