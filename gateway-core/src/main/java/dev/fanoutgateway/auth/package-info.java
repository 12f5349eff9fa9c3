/** Keys: where they stand in a request, how they are hashed, in-memory and file-backed stores. */
@NullMarked
package dev.fanoutgateway.auth;

import org.jspecify.annotations.NullMarked;
