-- Each finished frame rewrites its worker's row, to count it. With room beside it on its page the new version
-- needs no entry in the index, and the old one's place is used again at once.
alter table worker set (fillfactor = 50);
alter table farm set (fillfactor = 20);
