package io.walrus.benchmarks.engine;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB as a log: the key is the entry's number. Set up so that its write-ahead log is nearly all it does: the table
/// in memory takes more than a measurement writes, and nothing is compacted or compressed.
final class RocksLog implements StoredLog {
    private static final long MEMTABLE_BYTES = 1536L << 20;
    private static final int READAHEAD_BYTES = 256 << 10;

    private final Options options;
    private final WriteOptions writeOptions;
    private final RocksDB database;
    private final AtomicLong next = new AtomicLong();

    /// Its native part is here for one platform only: with those for all of them it is 88 MiB.
    static boolean isAvailable() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    /// One line, saying so where it does not run.
    static String version() {
        if (!isAvailable()) {
            return "RocksDB is here for Linux on x86-64 only, so its rows are missing";
        }
        RocksDB.loadLibrary();
        return "RocksDB " + RocksDB.rocksdbVersion();
    }

    RocksLog(Path folder, boolean forced) throws RocksDBException {
        RocksDB.loadLibrary();
        options = new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setDisableAutoCompactions(true);
        writeOptions = new WriteOptions().setSync(forced);
        database = RocksDB.open(options, folder.toString());
    }

    @Override
    public Appender appender() {
        ByteBuffer key = ByteBuffer.allocateDirect(Long.BYTES);
        ByteBuffer payload = ByteBuffer.allocateDirect(ENTRY_BYTES).put(StoredLog.entry());
        WriteBatch batch = new WriteBatch();
        return new Appender() {
            private ByteBuffer nextKey() {
                return key.clear().putLong(next.getAndIncrement()).flip();
            }

            @Override
            public void append(int entries) throws RocksDBException {
                if (entries == 1) {
                    database.put(writeOptions, nextKey(), payload.rewind());
                    return;
                }
                batch.clear();
                for (int i = 0; i < entries; i++) {
                    batch.put(nextKey(), payload.rewind());
                }
                database.write(writeOptions, batch);
            }

            @Override
            public void close() {
                batch.close();
            }
        };
    }

    @Override
    public Reader reader() {
        ReadOptions readOptions = new ReadOptions().setReadaheadSize(READAHEAD_BYTES);
        RocksIterator iterator = database.newIterator(readOptions);
        return new Reader() {
            private boolean started;

            @Override
            public boolean next(byte[] target) {
                if (started) {
                    iterator.next();
                } else {
                    iterator.seekToFirst();
                    started = true;
                }
                return iterator.isValid() && iterator.value(target) == target.length;
            }

            @Override
            public void close() {
                iterator.close();
                readOptions.close();
            }
        };
    }

    @Override
    public void settle() throws RocksDBException {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            database.flush(flush);
        }
    }

    @Override
    public void close() {
        database.close();
        writeOptions.close();
        options.close();
    }
}
