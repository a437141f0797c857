//! The screen of checklists and of what only the authors know.

catalogue! { "reporting";
    TITLE: "reporting";
    SHORT: "items";
    GO: "go to the checklists and what they ask you";
    MEANING: "What only the authors know is asked once, and each answer serves every checklist. Tab goes on to the lists of reporting, each row with what shows it, what is missing, and what would answer it.";
    GROUP: "Reporting";
    QUESTIONS: "What only the authors know";
    questions_stand(answered, waiting): "{answered} answered, {waiting} {waiting|waits|wait} for you; one answer serves every list";
    WAITING: "next open";
    WAITING_ABOUT: "go to the next row that waits for an answer";
    NO: "no";
    NO_ABOUT: "answer no: it was not done, or is not so";
    CLEAR: "clear";
    CLEAR_ABOUT: "take the answer away";
    NONE_WAITS: "nothing here waits for an answer";
    NOTHING_ASKED: "nothing is asked here: results alone show this row";
    NOT_ANSWERED: "there is no answer to take away";
    NONE_MATCHES: "no row matches the filter";
    STATE: "state";
    QUESTION: "question";
    ITEM: "item";
    ASKS_FOR: "asks for";
    ANSWERED: "answered";
    WAITS: "waits";
    OPTIONAL: "if so";
    item_is(item, state): "item {item}: {state}";
    WAITS_FOR_AUTHORS: "Not answered. Enter: answer in your own words; n: no.";
    ANSWERED_NO: "Answered: no.";
    asked_by(list, items): "asked by {list}: {items}";
    stands_under(key): "in the study file: reporting.{key}";
    more(lines): "{lines} more {lines|line|lines}: →, then ↓";
    ask_answer(key): "{key} (no, or your words):";
    reading(part, of, waiting): "{part} of {of}, {waiting} {waiting|question waits|questions wait}   Enter answer, n no, w next, Tab next list, C-s save";
}
