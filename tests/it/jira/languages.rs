//! Exports speak the tenant's language: headings, signs of numbers, and what stays English.

use super::get;
use crate::support::{Stage, TestTwin};

#[test]
fn every_language_has_its_headings_and_signs() {
    for (locale, header, total, signs) in [
        (
            "en_US",
            "Project,Issue Type,Key,Summary,Priority,Date Started,Display Name,Time Spent (h),Work Description",
            "1,025.5",
            ("\\.", Some("\\,")),
        ),
        (
            "de_DE",
            "Projekt,Vorgangstyp,Schlüssel,Zusammenfassung,Priorität,Anfangsdatum,Anzeigename,Verbrachte Zeit (h),Arbeitsbeschreibung",
            "1.025,5",
            ("\\,", Some("\\.")),
        ),
        (
            "es_ES",
            "Proyecto,Tipo de tarea,Clave,Resumen,Prioridad,Fecha de inicio,Nombre para Mostrar,Tiempo Empleado (h),Descripción del Trabajo",
            "1025,5",
            ("\\,", None),
        ),
        (
            "fr_FR",
            "Projet,Type de tâche,Clé,Sommaire,Priorité,Date démarrée,Nom affiché,Temps consacré (h),Description de travail",
            "1\u{202f}025,5",
            ("\\,", Some("\\\u{202f}")),
        ),
        (
            "pt_BR",
            "Projeto,Tipo de Problema,Clave,Resumo,Prioridade,Data de Início,Nome de Exibição,Tempo Gasto (h),Descrição do Trabalho",
            "1.025,5",
            ("\\,", Some("\\.")),
        ),
        (
            "ru_RU",
            "Проект,Тип задачи,Ключ,Заключение,Приоритет,Дата начала,Имя для отображения,Затрачено времени (h),Описание работы",
            "1\u{a0}025,5",
            ("\\,", Some("\\\u{a0}")),
        ),
    ] {
        let mut stage = Stage { scenario: "bare".into(), ..Stage::default() };
        let patch = format!(
            r#"{{"worklogs": [{{"who": "anna", "on": "DEMO-1", "start": "2026-05-04T09:00", "seconds": 3691800}}],
                "time_tracker": {{"locale": "{locale}"}}}}"#
        );
        stage.overlays.insert("jira".into(), patch);
        let twin = TestTwin::on(&stage);
        let query = [("start", "2026-05-04")];
        let anna = "anna@studio.example";
        let file = get(&twin, "time-tracker", anna, "/api/1/exportData.csv", &query).text();
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines[0].trim_start_matches('\u{feff}'), header);
        assert_eq!(lines.last().unwrap(), &format!("Total,,,,,,,\"{total}\","), "{locale}");
        let page = get(&twin, "time-tracker", anna, "/api/1/exportView.xls", &query).text();
        let (decimal, thousand) = signs;
        assert!(page.contains(&format!("mso-displayed-decimal-separator:\"{decimal}\";")));
        match thousand {
            Some(sign) => {
                let rule = format!("\n     mso-displayed-thousand-separator:\"{sign}\";}}\n-->\n");
                assert!(page.contains(&rule), "{locale}");
            }
            None => assert!(!page.contains("thousand-separator"), "{locale}"),
        }
        assert!(page.contains(&format!("<td class='nav border total'>{total}</td>")), "{locale}");
    }
}
