/// Failures of the engine, and the check that ends a process whose invariants are broken.
@NullMarked
package io.walrus.storage.error;

import org.jspecify.annotations.NullMarked;
