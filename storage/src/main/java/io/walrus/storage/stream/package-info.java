/// Streams on their way from the journal to files of their own. Internal to the engine.
@NullMarked
package io.walrus.storage.stream;

import org.jspecify.annotations.NullMarked;
