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
    /// @return the group to be committed
    static long apply(LogEngine engine, Change change) throws StorageException {
        while (true) {
            long round = engine.roomRound();
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
            engine.awaitRoomAfter(round);
        }
    }
}
