import { useEffect, type ReactNode } from "react";
import type { Role } from "../../server/contract.js";
import { Notice } from "../parts/states.js";
import { CasePage } from "../pages/case/case.js";
import { CasesPage } from "../pages/case/cases.js";
import { AccountPage } from "../pages/door/account.js";
import { SignIn } from "../pages/door/sign-in.js";
import { Welcome } from "../pages/door/welcome.js";
import { ChangeDesignPage, DesignPage } from "../pages/reading/design.js";
import { DeskPage } from "../pages/reading/desk.js";
import { ReadPage } from "../pages/reading/read.js";
import { ReadingPage } from "../pages/reading/reading.js";
import { ReadingsPage } from "../pages/reading/readings.js";
import { AuditPage } from "../pages/rooms/audit.js";
import { DataSetPage } from "../pages/rooms/data-set.js";
import { DataSetsPage } from "../pages/rooms/data-sets.js";
import { ModelPage } from "../pages/rooms/model.js";
import { ModelsPage } from "../pages/rooms/models.js";
import { PeoplePage } from "../pages/rooms/people.js";
import { ComparePage } from "../pages/study/compare.js";
import { NewStudyPage } from "../pages/study/new-study.js";
import { StudiesPage } from "../pages/study/studies.js";
import { StudyPage } from "../pages/study/study.js";
import { TryPage } from "../pages/try/try.js";
import type { Word } from "../words/index.js";
import { KeysButton, KeysProvider } from "./keys.js";
import { Link, Router, usePlace } from "./router.js";
import { SessionProvider, useSession } from "./session.js";
import { SpeechProvider, useSpeech } from "./speech.js";

const lookers: readonly Role[] = ["administrator", "researcher", "viewer"];
const makers: readonly Role[] = ["administrator", "researcher"];
const everybody: readonly Role[] = [...lookers, "reader"];

interface Room {
  /** Address without the first slash; `:name` is one part. */
  readonly path: string;
  readonly title: Word;
  readonly roles: readonly Role[];
  /** Uses the window's whole width. */
  readonly isWide?: boolean;
  readonly page: React.ComponentType;
}

const rooms: readonly Room[] = [
  { path: "studies", title: "nav.studies", roles: lookers, page: StudiesPage },
  { path: "studies/new", title: "studies.new", roles: makers, page: NewStudyPage },
  { path: "comparison", title: "compare.title", roles: lookers, page: ComparePage },
  { path: "studies/:study", title: "nav.studies", roles: lookers, page: StudyPage },
  { path: "studies/:study/cases", title: "cases.title", roles: lookers, page: CasesPage },
  { path: "studies/:study/cases/:case", title: "cases.title", roles: lookers, isWide: true, page: CasePage },
  { path: "readings", title: "reading.title", roles: makers, page: ReadingsPage },
  { path: "readings/new", title: "reading.new", roles: makers, page: DesignPage },
  { path: "readings/:reading", title: "reading.title", roles: makers, page: ReadingPage },
  { path: "readings/:reading/design", title: "design.change", roles: makers, page: ChangeDesignPage },
  { path: "read", title: "desk.title", roles: ["reader"], page: DeskPage },
  { path: "read/:assignment", title: "desk.title", roles: ["reader"], isWide: true, page: ReadPage },
  { path: "try", title: "try.title", roles: lookers, page: TryPage },
  { path: "datasets", title: "data.title", roles: lookers, page: DataSetsPage },
  { path: "datasets/:dataset", title: "data.title", roles: lookers, page: DataSetPage },
  { path: "models", title: "model.title", roles: lookers, page: ModelsPage },
  { path: "models/:model", title: "model.title", roles: lookers, page: ModelPage },
  { path: "people", title: "people.title", roles: ["administrator"], page: PeoplePage },
  { path: "audit", title: "audit.title", roles: ["administrator"], page: AuditPage },
  { path: "account", title: "nav.account", roles: everybody, page: AccountPage },
];

const menu: readonly (readonly [path: string, word: Word])[] = [
  ["studies", "nav.studies"], ["readings", "nav.reading"], ["read", "desk.title"], ["try", "nav.try"], ["datasets", "nav.datasets"], ["models", "nav.models"], ["people", "nav.people"], ["audit", "nav.audit"],
];

function find(parts: readonly string[], role: Role): Room | undefined {
  const wanted = parts.length === 0 ? [role === "reader" ? "read" : "studies"] : parts;
  return rooms.find(({ path }) => {
    const pattern = path.split("/");
    return pattern.length === wanted.length && pattern.every((part, i) => part.startsWith(":") || part === wanted[i]);
  });
}

/** The icon, in the page itself: a picture of its own would be one more thing to fetch. */
function Mark(): ReactNode {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0b6e8f" />
      <g fill="none" stroke="#fff" strokeWidth="2.2"><circle cx="16" cy="16" r="10" /><circle cx="16" cy="16" r="5.4" opacity=".75" /></g>
      <circle cx="16" cy="16" r="1.9" fill="#fff" />
    </svg>
  );
}

function Inside(): ReactNode {
  const { t } = useSpeech();
  const { parts } = usePlace();
  const me = useSession().me!;
  const room = find(parts, me.role);
  useEffect(() => {
    document.title = `${t(room?.title ?? "shell.noPage")} · Osteon`;
  }, [room, t]);
  // Comparing is a page of the studies.
  const current = parts[0] === "comparison" ? "studies" : (parts[0] ?? (me.role === "reader" ? "read" : "studies"));
  const allowed = (path: string): boolean => rooms.find((candidate) => candidate.path === path)!.roles.includes(me.role);
  const Page = room?.page;
  return (
    <>
      <a className="skip" href="#content">{t("nav.skip")}</a>
      <header className="top">
        <Link className="brand" to="/"><Mark />Osteon</Link>
        <nav aria-label={t("nav.main")}>
          {menu.filter(([path]) => allowed(path)).map(([path, word]) => (
            <Link key={path} to={`/${path}`} aria-current={current === path ? "page" : undefined}>{t(word)}</Link>
          ))}
        </nav>
        <Link className="who" to="/account" aria-current={current === "account" ? "page" : undefined}>{me.name}</Link>
      </header>
      <main id="content" className={room?.isWide ? "wide" : ""} tabIndex={-1}>
        {Page === undefined ? <><h1>{t("shell.noPage")}</h1><p><Link className="button" to="/">{t("shell.home")}</Link></p></> : room!.roles.includes(me.role) ? <Page key={parts.slice(0, 2).join("/")} /> : <><h1>{t(room!.title)}</h1><Notice kind="warn">{t("shell.notAllowed")}</Notice></>}
      </main>
    </>
  );
}

function Shell(): ReactNode {
  const { t } = useSpeech();
  const { parts } = usePlace();
  const { me } = useSession();
  return (
    <>
      {parts[0] === "welcome" ? <Welcome /> : me === undefined ? <SignIn /> : <Inside />}
      <footer><span>{t("shell.research")}</span><KeysButton /></footer>
    </>
  );
}

export function App(): ReactNode {
  return (
    <SpeechProvider>
      <Router>
        <SessionProvider>
          <KeysProvider><Shell /></KeysProvider>
        </SessionProvider>
      </Router>
    </SpeechProvider>
  );
}
