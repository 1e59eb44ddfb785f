package io.walrus.testkit.disk;

/// The calls a [SimDisk] counts as boundaries (all but [#READ]) and can fail.
public enum Operation {
    READ,
    WRITE,
    FORCE,
    TRUNCATE,
    CREATE,
    RENAME,
    DELETE,
    FORCE_DIRECTORY
}
