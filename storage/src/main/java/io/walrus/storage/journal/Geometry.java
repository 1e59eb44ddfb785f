package io.walrus.storage.journal;

import java.util.HexFormat;

/// Where a journal position lies. Position p is in file p / fileBytes, behind its header, at p % fileBytes.
///
/// @param blockBytes bytes of a block, a power of two; no group crosses a block's end
/// @param fileBytes bytes of a file without its header, a multiple of blockBytes
public record Geometry(int blockBytes, long fileBytes) {
    /// The folder of the journal's files.
    public static final String FOLDER = "journal";
    /// Bytes of a file's header, before position 0 of the file.
    public static final int HEADER_BYTES = 4096;

    private static final String SUFFIX = ".journal";
    private static final String SPARE = "spare-";
    private static final HexFormat HEX = HexFormat.of();

    public long fileOf(long position) {
        return position / fileBytes;
    }

    public long fileStart(long file) {
        return file * fileBytes;
    }

    /// The offset of a position in its file.
    public long offsetOf(long position) {
        return HEADER_BYTES + position % fileBytes;
    }

    public long blockStart(long position) {
        return position & -(long) blockBytes;
    }

    /// The first block start at or after a position.
    long nextBlock(long position) {
        return align(position, blockBytes);
    }

    static long align(long position, int alignment) {
        return (position + alignment - 1) & -(long) alignment;
    }

    public static String pathOf(long file) {
        return FOLDER + "/" + HEX.toHexDigits(file) + SUFFIX;
    }

    static String sparePath(long number) {
        return FOLDER + "/" + SPARE + HEX.toHexDigits(number);
    }

    /// The number of the journal file of this name, or -1 if it is none.
    public static long fileNumber(String name) {
        return name.length() == 16 + SUFFIX.length() && name.endsWith(SUFFIX) ? parse(name.substring(0, 16)) : -1;
    }

    public static long spareNumber(String name) {
        return name.startsWith(SPARE) && name.length() == SPARE.length() + 16
                ? parse(name.substring(SPARE.length()))
                : -1;
    }

    private static long parse(String digits) {
        return digits.chars().allMatch(HexFormat::isHexDigit) ? HexFormat.fromHexDigitsToLong(digits) : -1;
    }
}
