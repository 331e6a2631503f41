package io.perfkit.monitoring;

import java.util.List;

/** What people are shown of a folded text: long select lists elided, at most {@value SqlFingerprint#LONGEST} characters. */
final class SqlDisplay {
    static final int LONGEST_SELECT_LIST = 80;

    private SqlDisplay() {}

    /**
     * Makes it.
     *
     * @param selectLists from where to where those go that are too long, in order, none within another
     * @param hidden whether the identity depends on more than the folded text
     */
    static String of(String folded, List<int[]> selectLists, SqlText.Identity identity, boolean hidden) {
        StringBuilder shown = new StringBuilder(Math.min(folded.length(), SqlFingerprint.LONGEST) + 32);
        int from = 0;
        boolean elided = hidden;
        for (int[] list : selectLists) {
            if (list[1] <= folded.length() && list[0] >= from) {
                int some = Math.max(list[0], folded.lastIndexOf(", ", list[0] + LONGEST_SELECT_LIST / 2));
                shown.append(folded, from, some).append(some == list[0] ? "…" : ", …");
                from = list[1];
                elided = true;
            }
        }
        shown.append(folded, from, folded.length());
        if (shown.length() > SqlFingerprint.LONGEST - 16) {
            shown.replace(SqlFingerprint.LONGEST / 2, shown.length() - SqlFingerprint.LONGEST / 2 + 40, " … ");
            elided = true;
        }
        return elided ? shown.append(" #").append(identity.tag()).toString() : shown.toString();
    }
}
