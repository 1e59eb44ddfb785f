package io.walrus.storage.stream;

import java.util.HexFormat;

/// One file of a stream's chain, as the manifest knows it.
///
/// @param epoch masks its CRCs, and tells it from an earlier file of the same name
/// @param base what lies before its first record
/// @param end what lies before the record after its last one; bytes of the file past that do not count
/// @param fileBytes where its last valid record ends at the latest
/// @param closed whether it was cut, so that nothing may follow in it
public record StreamFile(int epoch, Counts base, Counts end, long fileBytes, boolean closed) {
    /// The folder of all stream files.
    public static final String FOLDER = "streams";

    private static final HexFormat HEX = HexFormat.of();
    private static final int NAME_LENGTH = 8 + 1 + 16 + 4;
    private static final String SUFFIX = ".log";

    public static String nameOf(int streamId, long baseRecord) {
        return HEX.toHexDigits(streamId) + "-" + HEX.toHexDigits(baseRecord) + SUFFIX;
    }

    public static String pathOf(int streamId, long baseRecord) {
        return FOLDER + "/" + nameOf(streamId, baseRecord);
    }

    /// Whether a file of this name can be a stream's.
    public static boolean isName(String name) {
        return name.length() == NAME_LENGTH && name.charAt(8) == '-' && name.endsWith(SUFFIX);
    }

    /// The same file with more in it.
    public StreamFile grown(Counts newEnd, long newBytes) {
        return new StreamFile(epoch, base, newEnd, newBytes, closed);
    }

    /// The same file, ending earlier.
    StreamFile cut(Counts newEnd) {
        return new StreamFile(epoch, base, newEnd, fileBytes, true);
    }
}
