package io.walrus.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.RecordType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class ReadBufferTest {
    private static final int LENGTH_AT = 4;
    private static final int TYPE_AT = 20;

    private final ByteBuffer memory = ByteBuffer.allocate(1_000).order(ByteOrder.LITTLE_ENDIAN);
    private final ReadBuffer read = new ReadBuffer(4 << 10);

    /// The journal's memory is read while an appender may write another record over it; that is noticed afterwards.
    @Test
    void aRecordIsTakenByTheLengthThatWasChecked() {
        memory.put(TYPE_AT, RecordType.ENTRY).putInt(LENGTH_AT, Integer.MAX_VALUE);
        assertThat(RecordFormat.length(memory, 0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(RecordFormat.type(memory, 0)).isEqualTo(RecordType.ENTRY);
        assertThat(read.addRecord(memory, 0, 100, 7)).isTrue();
        assertThat(read.addEntries(memory, 0, 50, 8)).isTrue();
        assertThat(read.length(0)).isEqualTo(100);
        assertThat(read.length(1)).isEqualTo(50);
    }

    @Test
    void itHoldsAsMuchAsItIsBoundTo() {
        read.bound(150);
        assertThat(read.addRecord(memory, 0, 100, 1)).isTrue();
        assertThat(read.addRecord(memory, 0, 100, 2)).isFalse();
        assertThat(read.count()).isEqualTo(1);
        read.clear();
        assertThat(read.addRecord(memory, 0, 200, 1)).isTrue();
        assertThat(read.isFull()).isTrue();
    }
}
