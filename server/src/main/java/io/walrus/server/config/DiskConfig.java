package io.walrus.server.config;

import java.nio.file.Path;

/// A node's disk, and the memory before it.
///
/// @param dataDirectory the folder of all that the node stores
/// @param fsync `group`, `os` or `interval:MS`
/// @param ioUring whether the log is to reach the disk through io_uring, if the system has it
/// @param tailMemoryBytes memory outside the heap for the newest entries
/// @param minFreeBytes free space below which entries are refused
public record DiskConfig(Path dataDirectory, String fsync, boolean ioUring, long tailMemoryBytes, long minFreeBytes) {}
