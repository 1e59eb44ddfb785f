/// Streams on their way from the journal to files of their own: what is in the journal only (`StreamTail`), the files
/// behind it (`FileChain`), and these open. Internal to the engine.
@NullMarked
package io.walrus.storage.stream;

import org.jspecify.annotations.NullMarked;
