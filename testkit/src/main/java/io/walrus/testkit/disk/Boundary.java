package io.walrus.testkit.disk;

/// One call that changes the disk, at which a crash may happen: the change may then be there in full, in part or not
/// at all, and nothing came after it.
///
/// @param number counts from 0 over the life of a [SimDisk] and its survivors
/// @param detail what the call was about, for people
public record Boundary(long number, Operation operation, String path, String detail) {
    @Override
    public String toString() {
        return "#" + number + " " + operation + " " + path + (detail.isEmpty() ? "" : " " + detail);
    }
}
