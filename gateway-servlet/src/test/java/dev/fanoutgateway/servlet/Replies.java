package dev.fanoutgateway.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The answers that came on one connection until its end, taken apart as a strict client would. */
final class Replies {
    /** One answer; interim ones are left out. */
    record Reply(int status, String head, String content) {}

    private final List<Reply> all = new ArrayList<>();
    private final String text;
    private int at;

    private Replies(String text) {
        this.text = text;
    }

    /**
     * @param text everything that was received
     * @param noContent which answers are to HEAD, by their place from 0
     */
    static List<Reply> in(String text, List<Integer> noContent) {
        if (text.startsWith("{")) {
            return List.of(new Reply(400, "", text)); // to HTTP/0.9, which has no heads
        }
        Replies replies = new Replies(text);
        while (replies.at < text.length()) {
            replies.next(noContent);
        }
        return replies.all;
    }

    private void next(List<Integer> noContent) {
        int end = text.indexOf("\r\n\r\n", at);
        if (end < 0 || !text.startsWith("HTTP/1.", at)) {
            throw new AssertionError("no answer begins with: " + text.substring(at));
        }
        String head = text.substring(at, end + 2);
        int status = Integer.parseInt(head.substring(9, 12));
        at = end + 4;
        if (status < 200) {
            return;
        }
        boolean none = noContent.contains(all.size()) || status == 204 || status == 304;
        all.add(new Reply(status, head, none ? "" : content(head.toLowerCase(Locale.ROOT))));
    }

    private String content(String lowerHead) {
        if (lowerHead.contains("\r\ntransfer-encoding: chunked\r\n")) {
            StringBuilder content = new StringBuilder();
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                content.append(chunk);
            }
            return content.toString();
        }
        int field = lowerHead.indexOf("\r\ncontent-length: ");
        int length = field < 0
                ? text.length() - at
                : Integer.parseInt(
                        lowerHead.substring(field + 18).lines().findFirst().orElse(""));
        return take(length);
    }

    private String chunk() {
        int end = text.indexOf("\r\n", at);
        int size = Integer.parseInt(text.substring(at, end), 16);
        at = end + 2;
        String chunk = take(size);
        at += 2;
        return chunk;
    }

    private String take(int length) {
        if (at + length > text.length()) {
            throw new AssertionError("an answer is cut short: " + text);
        }
        at += length;
        return text.substring(at - length, at);
    }
}
