package io.walrus.testkit.disk;

/// One call that changes the disk, at which a crash may happen: the change may then be there in full, in part or not
/// at all, and nothing came after it.
///
/// @param number counts from 0 over the life of a [SimDisk] and its survivors
/// @param position where a write begins, or the size after a truncation, else 0
/// @param length how many bytes a write has, else 0
/// @param target the new name of a renamed file, else empty
public record Boundary(long number, Operation operation, String path, long position, int length, String target) {
    @Override
    public String toString() {
        String what = "#" + number + " " + operation + " " + path;
        return switch (operation) {
            case WRITE -> what + " at " + position + ", " + length + " B";
            case TRUNCATE -> what + " to " + position + " B";
            case RENAME -> what + " to " + target;
            case READ, FORCE, CREATE, DELETE, FORCE_DIRECTORY -> what;
        };
    }
}
