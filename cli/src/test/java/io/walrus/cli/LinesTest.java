package io.walrus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinesTest {
    @Test
    void aLineEndBelongsToNoLine() throws IOException {
        assertThat(read("a\n\nb\r\n\0\n")).containsExactly("a", "", "b\r", "\0");
        assertThat(read("a\nlast")).containsExactly("a", "last");
        assertThat(read("")).isEmpty();
        assertThat(read("\n")).containsExactly("");
    }

    @Test
    void linesOfAllLengthsComeBackInAnyPieces() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lines.add("x".repeat(random.nextInt(i % 20 == 0 ? 1 << 20 : 100)));
        }
        InputStream pieces = new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] buffer, int from, int length) {
                return super.read(buffer, from, Math.min(length, 1 + random.nextInt(100_000)));
            }
        };
        assertThat(read(pieces)).as("seed %d", seed).isEqualTo(lines);
    }

    @Test
    void aLineWithoutEndIsNamedBeforeItFillsTheMemory() throws IOException {
        InputStream endless = new InputStream() {
            private boolean first = true;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] buffer, int from, int length) {
                buffer[from] = (byte) (first ? '\n' : 'x');
                int read = first ? 1 : length;
                first = false;
                return read;
            }
        };
        Lines lines = new Lines(endless);
        assertThat(lines.next()).isNotNull();
        assertThatThrownBy(lines::next)
                .isInstanceOf(Lines.TooLong.class)
                .hasMessageStartingWith("line 2 is longer than");
    }

    private static List<String> read(String text) throws IOException {
        return read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> read(InputStream in) throws IOException {
        Lines lines = new Lines(in);
        List<String> read = new ArrayList<>();
        ByteBuffer line = lines.next();
        while (line != null) {
            read.add(StandardCharsets.UTF_8.decode(line).toString());
            line = lines.next();
        }
        assertThat(lines.number()).isEqualTo(read.size());
        return read;
    }
}
