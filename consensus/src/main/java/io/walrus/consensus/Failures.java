package io.walrus.consensus;

/// Failures as one line for people.
final class Failures {
    private Failures() {}

    static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /// The first line of what the innermost cause says.
    static String line(Throwable failure) {
        Throwable root = root(failure);
        String message = root.getMessage();
        return message == null
                ? root.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
