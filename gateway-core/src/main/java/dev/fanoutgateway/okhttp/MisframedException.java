package dev.fanoutgateway.okhttp;

import java.io.IOException;

/** What a backend sent is no answer by RFC 9112; the message is ours and holds nothing of it. */
final class MisframedException extends IOException {
    private static final long serialVersionUID = 1;

    MisframedException(String message) {
        super(message);
    }
}
