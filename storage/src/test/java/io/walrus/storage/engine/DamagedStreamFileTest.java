package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.io.DiskFileWrapper;
import io.walrus.storage.io.DiskWrapper;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.stream.StreamFileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage in a stream file hides nothing but what is damaged, and is never answered with other bytes.
class DamagedStreamFileTest {
    private static final int LENGTH_AT = 4;
    private static final int SEQUENCE_AT = 8;
    private static final int TYPE_AT = 20;
    private static final byte[] KEY = "segment".getBytes(StandardCharsets.UTF_8);
    private static final EngineConfig SMALL = EngineConfig.builder()
            .blockBytes(64 << 10)
            .ringBlocks(4)
            .fileBytes(256 << 10)
            .checkpointBytes(512 << 10)
            .maxJournalBytes(2 << 20)
            .minFreeBytes(0)
            .build();

    @TempDir
    Path folder;

    /// The entries in order, and the number of the record that each is in.
    private final List<byte[]> entries = new ArrayList<>();

    private final List<Integer> recordOf = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>();
    /// The bytes of the stream file that can't be read.
    private int badFrom;

    private int badTo;

    private Path file = Path.of("");
    private byte[] whole = {};

    /// Entries, batches and cursors in turns, more than the points of the index lie apart.
    @BeforeEach
    void write() throws IOException {
        Random random = new Random(7);
        try (LogEngine engine = LogEngine.open(folder, SMALL, EngineListener.NONE)) {
            engine.lock();
            LogStream stream;
            try {
                stream = engine.createStream(KEY);
            } finally {
                engine.unlock();
            }
            long group = -1;
            int records = 0;
            for (int i = 0; i < 60; i++) {
                engine.lock();
                try {
                    group = engine.append(stream, entry(random, records++), i);
                    if (i % 3 == 0) {
                        int record = records++;
                        group = engine.appendBatch(stream, List.of(entry(random, record), entry(random, record)), i);
                    }
                    if (i % 4 == 0) {
                        records++;
                        group = engine.appendCursor(stream, "reader", new Cursor(1, i), i);
                    }
                } finally {
                    engine.unlock();
                }
            }
            engine.awaitDurable(group);
            engine.checkpoint();
            assertThat(stream.durableRecords()).isEqualTo(records);
            offsets.addAll(offsets(records));
        }
    }

    private ByteBuffer entry(Random random, int record) {
        byte[] bytes = new byte[random.nextInt(4_000)];
        random.nextBytes(bytes);
        entries.add(bytes);
        recordOf.add(record);
        return ByteBuffer.wrap(bytes);
    }

    private List<Integer> offsets(int records) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("streams"))) {
            file = files.toList().getFirst();
        }
        whole = Files.readAllBytes(file);
        ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> all = new ArrayList<>();
        int offset = StreamFileHeader.BYTES;
        for (int i = 0; i < records; i++) {
            all.add(offset);
            offset += RecordFormat.sizeOf(bytes.getInt(offset + LENGTH_AT));
        }
        return all;
    }

    private interface Damage {
        void to(byte[] bytes);
    }

    /// Damages the file, and reads all records and entries, each by itself.
    ///
    /// @return the entries that can't be read
    private Set<Integer> unreadable(Set<Integer> damagedRecords, Damage damage) throws IOException {
        byte[] bytes = whole.clone();
        damage.to(bytes);
        Files.write(file, bytes);
        Set<Integer> lost = new HashSet<>();
        try (LogEngine engine = LogEngine.open(
                new BadDisk(), SMALL, new SystemClock(), new ThreadWorkers("test-"), EngineListener.NONE)) {
            LogStream stream = Objects.requireNonNull(engine.stream(KEY));
            for (int i = 0; i < offsets.size(); i++) {
                ReadBuffer read = new ReadBuffer(4_000);
                int record = i;
                boolean isThere = isRead(() -> engine.readRecords(stream, record, read), read, record);
                assertThat(isThere).as("record %d", i).isEqualTo(!damagedRecords.contains(i));
            }
            for (int i = entries.size() - 1; i >= 0; i--) {
                ReadBuffer read = new ReadBuffer(4_000);
                int entry = i;
                if (isRead(() -> engine.readFromDisk(stream, entry, read), read, entry)) {
                    for (int j = 0; j < read.count(); j++) {
                        assertThat(read.bytes(j)).isEqualTo(entries.get(entry + j));
                    }
                } else {
                    lost.add(entry);
                }
            }
        }
        return lost;
    }

    private interface Read {
        void run() throws IOException;
    }

    private static boolean isRead(Read reading, ReadBuffer read, long from) {
        try {
            reading.run();
            assertThat(read.isEmpty()).isFalse();
            assertThat(read.offset(0)).isEqualTo(from);
            return true;
        } catch (StorageException e) {
            assertThat(e.category()).isEqualTo(Category.CORRUPT);
            return false;
        } catch (IOException e) {
            assertThat(e).hasMessage("bad sector");
            return false;
        }
    }

    /// A disk that gives an error for a part of the stream files.
    private final class BadDisk extends DiskWrapper {
        BadDisk() {
            super(new FileDisk(folder));
        }

        @Override
        public DiskFile openForReading(String path) throws IOException {
            DiskFile opened = super.openForReading(path);
            return !path.startsWith("streams")
                    ? opened
                    : new DiskFileWrapper(opened) {
                        @Override
                        public int read(long position, ByteBuffer target) throws IOException {
                            if (position < badTo && position + target.remaining() > badFrom) {
                                throw new IOException("bad sector");
                            }
                            return super.read(position, target);
                        }
                    };
        }
    }

    @Test
    void aSectorThatCantBeReadTakesTheRecordsThatLieInIt() throws IOException {
        badFrom = 5 * 4_096;
        badTo = badFrom + 4_096;
        Set<Integer> damaged = recordsIn(badFrom, badTo);
        assertThat(unreadable(damaged, _ -> {})).isEqualTo(entriesIn(damaged));
    }

    private Set<Integer> recordsIn(int from, int to) {
        Set<Integer> in = new HashSet<>();
        for (int i = 0; i < offsets.size(); i++) {
            int end = i + 1 < offsets.size() ? offsets.get(i + 1) : whole.length;
            if (offsets.get(i) < to && end > from) {
                in.add(i);
            }
        }
        return in;
    }

    private Set<Integer> entriesIn(Set<Integer> records) {
        Set<Integer> in = new HashSet<>();
        IntStream.range(0, entries.size())
                .filter(entry -> records.contains(recordOf.get(entry)))
                .forEach(in::add);
        return in;
    }

    @Test
    void aFlippedByteTakesOneRecordWhereverItLies() throws IOException {
        for (int record = 0; record < offsets.size(); record += 7) {
            int at = offsets.get(record);
            Set<Integer> damaged = Set.of(record);
            for (int place :
                    new int[] {0, LENGTH_AT, LENGTH_AT + 2, SEQUENCE_AT, TYPE_AT, RecordFormat.HEADER_BYTES - 1}) {
                assertThat(unreadable(damaged, bytes -> bytes[at + place] ^= 1))
                        .as("byte %d of record %d", place, record)
                        .isEqualTo(entriesIn(damaged));
            }
        }
    }

    @Test
    void aSectorOfZerosTakesTheRecordsThatLieInIt() throws IOException {
        int from = offsets.get(30) + 16;
        int to = from + 4_096;
        Set<Integer> damaged = recordsIn(from, to);
        assertThat(unreadable(damaged, bytes -> Arrays.fill(bytes, from, to, (byte) 0)))
                .isEqualTo(entriesIn(damaged));
    }

    /// The entries between two damaged places are numbered by what the damaged headers say, if that adds up.
    @Test
    void betweenDamagedPlacesEntriesAreReadOnlyIfTheirNumbersAreSure() throws IOException {
        Set<Integer> damaged = Set.of(10, 40);
        int first = offsets.get(10) + RecordFormat.HEADER_BYTES;
        int second = offsets.get(40) + RecordFormat.HEADER_BYTES;
        assertThat(unreadable(damaged, bytes -> {
                    bytes[first + 9] ^= 1;
                    bytes[second + 9] ^= 1;
                }))
                .isEqualTo(entriesIn(damaged));

        int header = offsets.get(10);
        Set<Integer> lost = unreadable(damaged, bytes -> {
            Arrays.fill(bytes, header, header + RecordFormat.HEADER_BYTES, (byte) 0);
            bytes[second + 9] ^= 1;
        });
        Set<Integer> unsure = new HashSet<>();
        IntStream.rangeClosed(10, 40).forEach(unsure::add);
        assertThat(lost).isEqualTo(entriesIn(unsure));
    }

    /// Bytes of an entry that look like a record of the same file, with a right checksum, are never taken for one.
    @Test
    void whatLooksLikeARecordInsideADamagedOneIsNone() throws IOException {
        int target = IntStream.range(20, offsets.size())
                .filter(i -> size(i) > size(i + 1) + 64 && size(i + 1) > 64)
                .findFirst()
                .orElseThrow();
        int at = offsets.get(target);
        int other = offsets.get(target + 1);
        Set<Integer> behind = new HashSet<>();
        IntStream.range(target, offsets.size()).forEach(behind::add);
        Set<Integer> lost = unreadable(behind, bytes -> {
            bytes[at + LENGTH_AT + 2] ^= 1;
            System.arraycopy(whole, other, bytes, at + RecordFormat.HEADER_BYTES, size(target + 1));
        });
        assertThat(lost).isEqualTo(entriesIn(behind));
    }

    private int size(int record) {
        return offsets.get(record + 1) - offsets.get(record);
    }

    @Test
    void noDamageIsAnsweredWithOtherBytes() throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(6); i >= 0; i--) {
                int from = StreamFileHeader.BYTES + random.nextInt(whole.length - StreamFileHeader.BYTES);
                int to = Math.min(whole.length, from + 1 + random.nextInt(random.nextBoolean() ? 4 : 9_000));
                for (int at = from; at < to; at++) {
                    damaged[at] ^= (byte) (1 + random.nextInt(255));
                }
            }
            Set<Integer> bad = new HashSet<>();
            for (int i = 0; i < offsets.size(); i++) {
                int end = i + 1 < offsets.size() ? offsets.get(i + 1) : whole.length;
                if (!Arrays.equals(whole, offsets.get(i), end, damaged, offsets.get(i), end)) {
                    bad.add(i);
                }
            }
            Set<Integer> lost = unreadable(bad, bytes -> System.arraycopy(damaged, 0, bytes, 0, bytes.length));
            assertThat(lost).as("seed %d", seed).containsAll(entriesIn(bad));
        }
    }
}
