package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/// Says who wrote an entry, and which of its entries it is. All of the entry's bytes follow from that, so an entry that
/// was altered is told from one that was written.
record Stamp(String writer, int number) {
    private static final int MAX_FILLING_BYTES = 700;

    byte[] entry() {
        byte[] start = (writer + "#" + number + "#").getBytes(StandardCharsets.US_ASCII);
        Random random = new Random(31L * writer.hashCode() + number);
        byte[] filling = new byte[random.nextInt(MAX_FILLING_BYTES)];
        random.nextBytes(filling);
        byte[] entry = Arrays.copyOf(start, start.length + filling.length);
        System.arraycopy(filling, 0, entry, start.length, filling.length);
        return entry;
    }

    static Stamp of(byte[] entry) {
        String[] parts = new String(entry, StandardCharsets.ISO_8859_1).split("#", 3);
        assertThat(parts).as("an entry somebody wrote").hasSize(3);
        Stamp stamp = new Stamp(parts[0], Integer.parseInt(parts[1]));
        assertThat(Arrays.equals(entry, stamp.entry()))
                .as("%s is as it was written", stamp)
                .isTrue();
        return stamp;
    }
}
