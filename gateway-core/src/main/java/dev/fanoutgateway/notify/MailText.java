package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;

/** Words messages as mail: a subject of one line, and a body of one line for each detail. */
final class MailText {
    private static final int LONGEST_SUBJECT = 200;
    private static final int LONGEST_LINE = 2_000;
    private static final int MOST_DETAILS = 200;

    private final String prefix;

    MailText(String prefix) {
        this.prefix = prefix;
    }

    String subjectFor(DevMessage message) {
        String times = message.count() > 1 ? " (" + message.count() + " times)" : "";
        return prefix + message.priority() + ": " + OneLine.of(message.title(), LONGEST_SUBJECT) + times;
    }

    String bodyFor(DevMessage message) {
        StringBuilder body = new StringBuilder(512);
        line(body, message.title());
        line(body, "");
        message.details().stream().limit(MOST_DETAILS).forEach(detail -> line(body, detail));
        if (message.details().size() > MOST_DETAILS) {
            line(body, "and " + (message.details().size() - MOST_DETAILS) + " more");
        }
        if (!message.details().isEmpty()) {
            line(body, "");
        }
        line(body, "Type:        " + message.type());
        line(body, "Priority:    " + message.priority());
        line(body, "Count:       " + message.count());
        line(body, "First:       " + message.first());
        line(body, "Last:        " + message.last());
        line(body, "Fingerprint: " + message.fingerprint());
        return body.toString();
    }

    private static void line(StringBuilder body, String text) {
        body.append(OneLine.of(text, LONGEST_LINE)).append("\r\n");
    }
}
