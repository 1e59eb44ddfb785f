package io.walrus.benchmarks.engine;

import io.walrus.storage.Entry;
import io.walrus.storage.ReadConsistency;
import io.walrus.storage.WalrusLog;
import io.walrus.storage.engine.EngineConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/// Walrus as an application uses it: topics by name, calls that return when the entry is stored.
final class LibraryLog implements StoredLog {
    private static final String TOPIC = "entries";
    private static final int READ_BYTES = 256 << 10;

    private final WalrusLog log;

    LibraryLog(Path folder, EngineConfig config) throws IOException {
        log = WalrusLog.open(folder, "benchmark", config, ReadConsistency.exactlyOnce());
    }

    @Override
    public Appender appender() {
        ByteBuffer payload = ByteBuffer.wrap(StoredLog.entry());
        List<byte[]> batch = Collections.nCopies(BATCH_ENTRIES, StoredLog.entry());
        return entries -> {
            if (entries == 1) {
                log.append(TOPIC, payload);
            } else {
                log.appendBatch(TOPIC, batch);
            }
        };
    }

    @Override
    public Reader reader() {
        return new Reader() {
            private Iterator<Entry> entries = Collections.emptyIterator();
            private long next;

            @Override
            public boolean next(byte[] target) throws IOException {
                if (!entries.hasNext()) {
                    entries = log.read(TOPIC, next, READ_BYTES).iterator();
                    if (!entries.hasNext()) {
                        return false;
                    }
                }
                Entry entry = entries.next();
                entry.payload().get(target);
                next = entry.offset() + 1;
                return true;
            }
        };
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
