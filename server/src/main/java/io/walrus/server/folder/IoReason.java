package io.walrus.server.folder;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// What a file error is called in a line for the operator: without class names.
public final class IoReason {
    private IoReason() {}

    public static String of(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " is missing";
            case FileAlreadyExistsException existing -> existing.getFile() + " is not a folder";
            case FileSystemException system when system.getReason() != null -> system.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
