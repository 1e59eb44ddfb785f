package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.stream.StreamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StreamCheckTest {
    private static final int ENTRIES = 300;
    private static final int ENTRY_BYTES = 1_000;
    private static final int STEP_BYTES = 16 << 10;

    @TempDir
    Path folder;

    private LogEngine engine;
    private LogStream stream;

    @BeforeEach
    void open() throws IOException {
        EngineConfig config = EngineConfig.builder()
                .blockBytes(64 << 10)
                .streamFileBytes(100_000)
                .minFreeBytes(0)
                .build();
        engine = LogEngine.open(
                new FileDisk(folder), config, new SystemClock(), new ThreadWorkers("walrus-"), EngineListener.NONE);
        engine.lock();
        try {
            stream = engine.createStream(new byte[] {1});
        } finally {
            engine.unlock();
        }
        append(ENTRIES);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    @Test
    void allThatIsInFilesIsLookedAtOnce() throws IOException {
        try (StreamCheck check = engine.check(STEP_BYTES)) {
            check.begin(stream, 0);
            long first = all(check);
            assertThat(first).isEqualTo(recordBytes());
            check.begin(stream, 0);
            assertThat(all(check)).as("again").isEqualTo(first);
        }
    }

    @Test
    void aCheckGoesOnWhereAnotherOneStopped() throws IOException {
        long whole = 0;
        long record;
        try (StreamCheck check = engine.check(STEP_BYTES)) {
            check.begin(stream, 0);
            for (int i = 0; i < 10; i++) {
                whole += check.next(STEP_BYTES);
            }
            record = check.record();
        }
        assertThat(record).isPositive();
        try (StreamCheck check = engine.check(STEP_BYTES)) {
            check.begin(stream, record);
            long rest = all(check);
            assertThat(rest).isLessThan(recordBytes());
            // A file that was begun is looked at from its beginning.
            assertThat(whole + rest).isGreaterThanOrEqualTo(recordBytes());
        }
    }

    @Test
    void aBitThatTurnedOverIsFoundWhereverItIs() throws IOException {
        for (Path file : files()) {
            for (long at : List.of(3L, Files.size(file) / 2, Files.size(file) - 10)) {
                flip(file, at);
                assertThatThrownBy(this::checkAll)
                        .as("%s at %d", file.getFileName(), at)
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.category()).isEqualTo(StorageException.Category.CORRUPT));
                flip(file, at);
                checkAll();
            }
        }
    }

    @Test
    void aFileThatIsMissingIsFound() throws IOException {
        Files.delete(files().get(1));
        assertThatThrownBy(this::checkAll).isInstanceOf(StorageException.class).hasMessageContaining("is missing");
    }

    @Test
    void whatGrowsIsLookedAtAndWhatIsDroppedIsNot() throws IOException {
        try (StreamCheck check = engine.check(STEP_BYTES)) {
            check.begin(stream, 0);
            assertThat(check.next(STEP_BYTES)).isPositive();
            append(ENTRIES);
            long before = check.next(STEP_BYTES);
            assertThat(before).isPositive();
            engine.lock();
            try {
                engine.trim(stream, ENTRIES + ENTRIES / 2);
            } finally {
                engine.unlock();
            }
            engine.checkpoint();
            long rest = all(check);
            assertThat(rest).isPositive().isLessThan(recordBytes());
            engine.lock();
            try {
                engine.delete(stream);
            } finally {
                engine.unlock();
            }
            engine.checkpoint();
            check.begin(stream, 0);
            assertThat(all(check)).isZero();
        }
    }

    private void checkAll() throws IOException {
        try (StreamCheck check = engine.check(STEP_BYTES)) {
            check.begin(stream, 0);
            assertThat(all(check)).isEqualTo(recordBytes());
        }
    }

    private static long all(StreamCheck check) throws IOException {
        long all = 0;
        long more = check.next(STEP_BYTES);
        while (more > 0) {
            all += more;
            more = check.next(STEP_BYTES);
        }
        return all;
    }

    private long recordBytes() {
        return stream.durableRecords() * RecordFormat.sizeOf(ENTRY_BYTES);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(StreamFile.FOLDER))) {
            return files.sorted().toList();
        }
    }

    private void append(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            engine.lock();
            long group;
            try {
                group = engine.append(stream, ByteBuffer.allocate(ENTRY_BYTES).putInt(0, i), i);
            } finally {
                engine.unlock();
            }
            assertThat(group).isNotEqualTo(LogEngine.NO_ROOM);
            engine.awaitDurable(group);
        }
        engine.checkpoint();
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 4));
            channel.write(one.flip(), at);
        }
    }
}
