package io.walrus.node.repair;

/// How far a node is with its copies of sealed segments.
///
/// @param underReplicated segments of the whole cluster of which fewer copies can be counted on than when all is well;
///     -1 while that is not known yet
/// @param segmentsToCopy those this node has yet to get
/// @param bytesToCopy their bytes
/// @param segmentsCopied since its start
/// @param bytesCopied since its start
/// @param damagedCopies those of which something could not be read, and which have not been made anew yet
public record CopyFigures(
        long underReplicated,
        long segmentsToCopy,
        long bytesToCopy,
        long segmentsCopied,
        long bytesCopied,
        int damagedCopies) {}
