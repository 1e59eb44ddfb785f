/// Prints what the engine's files hold, for people. A program, not a library.
@NullMarked
package io.walrus.storage.dump;

import org.jspecify.annotations.NullMarked;
