package io.walrus.storage.engine;

import io.walrus.storage.error.StorageException;

/// Makes changes to an engine, each as often as it takes to find room.
final class Changes {
    private Changes() {}

    /// Made with the append lock held.
    interface Change {
        long make() throws StorageException;
    }

    /// Makes a change.
    ///
    /// @param room the engine's listener
    /// @return the group that makes it durable
    static long apply(LogEngine engine, RoomRounds room, Change change) throws StorageException {
        while (true) {
            long round = room.round();
            engine.lock();
            long group;
            try {
                group = change.make();
            } finally {
                engine.unlock();
            }
            if (group != LogEngine.NO_ROOM) {
                return group;
            }
            room.awaitAfter(round);
        }
    }
}
