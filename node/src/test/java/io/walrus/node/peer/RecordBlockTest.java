package io.walrus.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.CursorPosition;
import io.walrus.node.store.SmallEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.journal.RecordType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks of records, or of entries alone, cut from what was read.
class RecordBlockTest {
    @TempDir
    private Path folder;

    private final ReadBuffer read = new ReadBuffer(4 << 10);
    private SmallEngine engine;
    private LogStream stream;

    @BeforeEach
    void open() throws IOException {
        engine = new SmallEngine(folder);
        stream = engine.create(new SegmentKey(7, 1));
        engine.append(stream, "a", "bb");
        engine.appendCursor(stream, CursorPosition.SHARED, 1, 1);
        engine.append(stream, "ccc");
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    @Test
    void recordsOfEveryKindTravelTogether() throws IOException {
        engine.engine().readRecords(stream, 1, read);
        RecordBlock block = RecordBlock.of(1, read, Long.MAX_VALUE);
        assertThat(block.first()).isEqualTo(1);
        assertThat(block.count()).isEqualTo(3);
        assertThat(block.next()).isEqualTo(4);
        assertThat(text(block.payload(0))).isEqualTo("bb");
        assertThat(block.type(1)).isEqualTo(RecordType.CURSOR);
        assertThat(text(block.payload(2))).isEqualTo("ccc");
    }

    @Test
    void aBlockEndsBeforeItsLimit() throws IOException {
        engine.engine().readRecords(stream, 0, read);
        RecordBlock block = RecordBlock.of(0, read, 2);
        assertThat(block.count()).isEqualTo(2);
        assertThat(block.byteCount()).isEqualTo(3);
        assertThat(RecordBlock.of(0, read, 0).count()).isZero();
    }

    @Test
    void aCopyOutlivesTheBytesItWasMadeFrom() throws IOException {
        engine.engine().readRecords(stream, 0, read);
        RecordBlock copy = RecordBlock.of(0, read, 2).copied();
        engine.engine().readRecords(stream, 3, read);
        assertThat(text(copy.payload(0))).isEqualTo("a");
        assertThat(text(copy.payload(1))).isEqualTo("bb");
    }

    @Test
    void entriesAreCountedWithoutCursorRecords() throws IOException {
        engine.engine().readFromDisk(stream, 0, read);
        RecordBlock block = RecordBlock.of(0, read, 3);
        assertThat(block.count()).isEqualTo(3);
        assertThat(block.has(2)).isTrue();
        assertThat(block.has(3)).isFalse();
        assertThat(text(block.copy(1))).isEqualTo("bb");
        assertThat(text(block.copy(2))).isEqualTo("ccc");
    }

    @Test
    void entriesThatAreNotCommittedAreLeftOut() throws IOException {
        engine.engine().readFromDisk(stream, 1, read);
        RecordBlock block = RecordBlock.of(1, read, 2);
        assertThat(block.first()).isEqualTo(1);
        assertThat(block.count()).isEqualTo(1);
        assertThat(block.has(0)).isFalse();
    }
}
