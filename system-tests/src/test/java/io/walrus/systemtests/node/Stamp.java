package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/// Says who wrote an entry, and which of its entries it is. All of the entry's bytes follow from that, so an entry that
/// was altered is told from one that was written.
public record Stamp(String writer, int number) {
    private static final int MAX_FILLING_BYTES = 700;
    private static final int KIBIBYTE = 1 << 10;

    /// An entry of some length below a KiB.
    public byte[] entry() {
        byte[] start = start();
        Random random = random();
        return filled(start, random.nextInt(MAX_FILLING_BYTES), random);
    }

    /// An entry of exactly a KiB.
    public byte[] kibibyte() {
        byte[] start = start();
        return filled(start, KIBIBYTE - start.length, random());
    }

    public static Stamp of(byte[] entry) {
        String[] parts = new String(entry, StandardCharsets.ISO_8859_1).split("#", 3);
        assertThat(parts).as("an entry somebody wrote").hasSize(3);
        Stamp stamp = new Stamp(parts[0], Integer.parseInt(parts[1]));
        assertThat(Arrays.equals(entry, entry.length == KIBIBYTE ? stamp.kibibyte() : stamp.entry()))
                .as("%s is as it was written", stamp)
                .isTrue();
        return stamp;
    }

    private byte[] start() {
        return (writer + "#" + number + "#").getBytes(StandardCharsets.US_ASCII);
    }

    private Random random() {
        return new Random(31L * writer.hashCode() + number);
    }

    private static byte[] filled(byte[] start, int fillingBytes, Random random) {
        byte[] filling = new byte[fillingBytes];
        random.nextBytes(filling);
        byte[] entry = Arrays.copyOf(start, start.length + fillingBytes);
        System.arraycopy(filling, 0, entry, start.length, fillingBytes);
        return entry;
    }
}
